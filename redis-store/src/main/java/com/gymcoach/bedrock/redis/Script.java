package com.gymcoach.bedrock.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The scripts, each of which Redis runs as one step. Every key is an argument and all keys have one
 * hash tag, so they also run in a cluster. The last argument is the number of the request, with
 * which the reply begins: see {@link Scripts}.
 *
 * <p>Lettuce sends a request again if the connection broke before the reply. So each script may run
 * twice, the second time after other processes have written: no marker may come back by that.
 */
enum Script {
  /**
   * Reads the markers and entries of a partition, or the marker and the settings of a namespace.
   */
  READ(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers, then entries. ARGV: trusted, the endpoint's field, the largest entry.
      -- Returns the two markers, and the entries. An empty text stands for what is of the wrong type or
      -- too large. Without a marker of this server there are no entries.
      local run = server(ARGV[1])
      local reply = {ARGV[#ARGV], false, false}
      local found = redis.pcall('HMGET', KEYS[1], 's', ARGV[2], 'r')
      if found.err then
        if not string.find(found.err, 'WRONGTYPE', 1, true) then
          return found
        end
        reply[2] = ''
        return reply
      end
      if not found[1] or found[3] ~= run then
        return reply
      end
      reply[2] = marker(found[1])
      reply[3] = marker(found[2])
      for i = 2, #KEYS do
        local size = redis.pcall('STRLEN', KEYS[i])
        if type(size) == 'table' then
          if not string.find(size.err, 'WRONGTYPE', 1, true) then
            return size
          end
          reply[i + 2] = ''
        elseif size > tonumber(ARGV[3]) then
          reply[i + 2] = ''
        else
          reply[i + 2] = redis.call('GET', KEYS[i])
        end
      end
      return reply
      """),

  /** Gives a partition or namespace its first marker. */
  OPEN(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers. ARGV: trusted, the endpoint's field, a seed, the marker's life or 0.
      -- Returns the two markers, after it has given the partition one if there was none.
      renew(KEYS[1], server(ARGV[1]), ARGV[3], ARGV[4] ~= '0' and ARGV[4])
      local found = redis.call('HMGET', KEYS[1], 's', ARGV[2])
      return {ARGV[#ARGV], marker(found[1]), marker(found[2])}
      """),

  /** Puts a marker in force, unless another has come into force since the invalidation began. */
  MARK(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers. ARGV: trusted, the field, the marker, a seed, the time until which it stays,
      -- and what was in force when the invalidation began: the scope's marker, and the field's or '-'.
      -- If another has come since, entries from before are worthless already. If this script runs again,
      -- that is so, and the marker does not come back.
      if not renew(KEYS[1], server(ARGV[1]), ARGV[4], 86400000) then
        local found = redis.call('HMGET', KEYS[1], 's', ARGV[2])
        if marker(found[1]) == ARGV[6] and (marker(found[2]) or '-') == ARGV[7] then
          redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
        end
      end
      keep(KEYS[1], ARGV[5])
      return {ARGV[#ARGV]}
      """),

  /** Writes an entry and adds it to the index. */
  WRITE(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers, the index, the entry.
      -- ARGV: trusted, a seed, the entry, the time until which it stays, its member.
      renew(KEYS[1], server(ARGV[1]), ARGV[2], 86400000)
      redis.call('SET', KEYS[3], ARGV[3], 'PXAT', ARGV[4])
      -- A complete index has a member that says so: without it, the index was lost. While there is no
      -- entry, none can be missing.
      local needed = indexed(KEYS[1])
      if needed <= now() then
        redis.call('ZADD', KEYS[2], '+inf', '#')
      end
      if needed < tonumber(ARGV[4]) then
        redis.call('HSET', KEYS[1], 'x', ARGV[4])
      end
      redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
      local over = redis.call('ZRANGE', KEYS[2], '-inf', now(), 'BYSCORE', 'LIMIT', 0, 16)
      if #over > 0 then
        redis.call('ZREM', KEYS[2], unpack(over))
      end
      keep(KEYS[2], ARGV[4])
      keep(KEYS[1], ARGV[4] + 86400000)
      return {ARGV[#ARGV]}
      """),

  /** Returns whether the index of a partition was lost. */
  INDEXED(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers, the index. Returns 1 if the index was lost while there were entries.
      local lost = indexed(KEYS[1]) > now() and not redis.call('ZSCORE', KEYS[2], '#')
      return {ARGV[#ARGV], lost and 1 or 0}
      """),

  /** Deletes entries. */
  DELETE(
      """
      -- KEYS: the index, then entries. ARGV: their members.
      -- Returns for each entry whether it was there.
      local reply = {ARGV[#ARGV]}
      for i = 2, #KEYS do
        reply[i] = redis.call('UNLINK', KEYS[i])
        redis.call('ZREM', KEYS[1], ARGV[i - 1])
      end
      return reply
      """);

  private final String text;
  private final String digest;

  Script(String text) {
    this.text = text;
    this.digest = sha1(text);
  }

  String text() {
    return text;
  }

  /** Returns whether a user of Redis that may only read may run it. */
  boolean isReadOnly() {
    return this == READ;
  }

  /** Returns the name under which Redis keeps the script. */
  String digest() {
    return digest;
  }

  private static String sha1(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    } catch (NoSuchAlgorithmException e) { // every Java platform has it
      throw new IllegalStateException(e);
    }
  }

  /** Functions that several scripts begin with. */
  private static final class Shared {
    private static final String FUNCTIONS =
        """
        -- Returns the name of this server's reign. A restart changes the run's id, a failover the
        -- id of replication, even back to a server that was the primary before. A replica has no
        -- reign: it may not know the latest invalidation, and still has its old ids until it finds
        -- its primary.
        local function server(trusted)
          local info = redis.call('INFO', 'server', 'replication')
          if string.match(info, 'role:(%a+)') ~= 'master' then
            error({err = 'READONLY The server is a replica'})
          end
          if trusted == '1' then
            return 'any'
          end
          return string.match(info, 'run_id:(%x+)') .. string.match(info, 'master_replid:(%x+)')
        end

        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end

        -- Returns a marker that no other run of a script returns, even of the same request.
        local function fresh(seed)
          local time = redis.call('TIME')
          local hex = redis.sha1hex(seed .. time[1] .. '.' .. time[2])
          return (string.gsub(string.sub(hex, 1, 32), '..', function(digits)
            return string.char(tonumber(digits, 16))
          end))
        end

        -- Returns the value of a field, and an empty text if it is not a marker.
        local function marker(value)
          return value and (#value == 16 and value or '')
        end

        -- Returns the time until which there are entries in the index.
        local function indexed(key)
          return tonumber(redis.call('HGET', key, 'x') or '') or 0
        end

        local function keep(key, till)
          if redis.call('PEXPIRETIME', key) < tonumber(till) then
            redis.call('PEXPIREAT', key, till)
          end
        end

        -- Gives a partition or a namespace a new marker if there is none that this server knows to be the
        -- last one. Returns whether it did.
        local function renew(key, run, seed, life)
          local known = redis.call('HMGET', key, 's', 'r')
          if known[1] and known[2] == run then
            return false
          end
          local needed = indexed(key)
          redis.call('UNLINK', key)
          redis.call('HSET', key, 's', fresh(seed), 'r', run)
          if life then
            redis.call('PEXPIRE', key, life)
          end
          if needed > 0 then
            redis.call('HSET', key, 'x', string.format('%.0f', needed))
            keep(key, needed + 86400000)
          end
          return true
        end
        """;
  }
}
