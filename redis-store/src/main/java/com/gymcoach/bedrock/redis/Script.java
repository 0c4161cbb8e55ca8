package com.gymcoach.bedrock.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The scripts, each of which Redis runs as one step. Every key is an argument and all keys have one
 * hash tag, so they also run in a cluster. Each reply begins with the first key: it belongs to its
 * request or is rejected.
 */
enum Script {
  /**
   * Reads the markers and entries of a partition, or the marker and the settings of a namespace.
   */
  READ(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers, then entries. ARGV: trusted, the endpoint's field, the largest entry.
      -- Returns the first key, the two markers, and the entries. An empty text stands for what is of the
      -- wrong type or too large. Without a marker of this server there are no entries.
      local reply = {KEYS[1], false, false}
      local found = redis.pcall('HMGET', KEYS[1], 's', ARGV[2], 'r')
      if found.err then
        if not string.find(found.err, 'WRONGTYPE', 1, true) then
          return found
        end
        reply[2] = ''
        return reply
      end
      if not found[1] or found[3] ~= server(ARGV[1]) then
        return reply
      end
      reply[2] = found[1]
      reply[3] = found[2]
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
      -- KEYS: the markers. ARGV: trusted, the endpoint's field, a new marker, its life or 0.
      -- Returns the key and the two markers, after it has given the partition one if there was none.
      renew(KEYS[1], server(ARGV[1]), ARGV[3], ARGV[4] ~= '0' and ARGV[4])
      local found = redis.call('HMGET', KEYS[1], 's', ARGV[2])
      return {KEYS[1], found[1], found[2]}
      """),

  /** Puts a marker in force. */
  MARK(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers. ARGV: trusted, the field, the marker, a new marker, the time until which it stays.
      renew(KEYS[1], server(ARGV[1]), ARGV[4], 86400000)
      redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
      keep(KEYS[1], ARGV[5])
      return {KEYS[1]}
      """),

  /** Writes an entry and adds it to the index. */
  WRITE(
      Shared.FUNCTIONS
          + """
      -- KEYS: the markers, the index, the entry.
      -- ARGV: trusted, a new marker, the entry, the time until which it stays, its member.
      renew(KEYS[1], server(ARGV[1]), ARGV[2], 86400000)
      redis.call('SET', KEYS[3], ARGV[3], 'PXAT', ARGV[4])
      -- A complete index has a member that says so: without it, the index was lost.
      if redis.call('HSETNX', KEYS[1], 'x', '1') == 1 then
        redis.call('ZADD', KEYS[2], '+inf', '#')
      end
      redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
      local now = redis.call('TIME')
      local over = redis.call('ZRANGE', KEYS[2], '-inf', now[1] * 1000, 'BYSCORE', 'LIMIT', 0, 16)
      if #over > 0 then
        redis.call('ZREM', KEYS[2], unpack(over))
      end
      keep(KEYS[2], ARGV[4])
      keep(KEYS[1], ARGV[4] + 86400000)
      return {KEYS[1]}
      """),

  /** Returns whether the index of a partition was lost. */
  INDEXED(
      """
      -- KEYS: the markers, the index. Returns the markers' key, and 1 if the index was lost.
      local lost = redis.call('HEXISTS', KEYS[1], 'x') == 1 and not redis.call('ZSCORE', KEYS[2], '#')
      return {KEYS[1], lost and 1 or 0}
      """),

  /** Deletes entries. */
  DELETE(
      """
      -- KEYS: the index, then entries. ARGV: their members.
      -- Returns the index, and for each entry whether it was there.
      local reply = {KEYS[1]}
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
        -- id of replication, even back to a server that was the primary before.
        local function server(trusted)
          if trusted == '1' then
            return 'any'
          end
          local info = redis.call('INFO', 'server', 'replication')
          return string.match(info, 'run_id:(%x+)') .. string.match(info, 'master_replid:(%x+)')
        end

        -- Gives a partition or a namespace a new marker if there is none that this server knows to be the
        -- last one.
        local function renew(key, run, token, life)
          local known = redis.call('HMGET', key, 's', 'r')
          if not known[1] or known[2] ~= run then
            redis.call('UNLINK', key)
            redis.call('HSET', key, 's', token, 'r', run)
            if life then
              redis.call('PEXPIRE', key, life)
            end
          end
        end

        local function keep(key, till)
          if redis.call('PEXPIRETIME', key) < tonumber(till) then
            redis.call('PEXPIREAT', key, till)
          end
        end
        """;
  }
}
