package com.gymcoach.bedrock.cache.spi.sealing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals entries with AES-256-GCM. A sealed entry consists of the key's number (4 bytes), the nonce
 * (12), the ciphertext and the tag (16). The key's number, the scope and the address are the
 * associated data.
 */
final class AesGcmSealer implements EntrySealer {
  private static final String HMAC = "HmacSHA256";
  private static final byte[] SALT =
      "bedrock-cache sealer 1".getBytes(StandardCharsets.US_ASCII); // part of the stored format
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int HEAD = Integer.BYTES + NONCE_BYTES;

  private final int keyId;

  /** The result of HKDF's extract step for each key, by the key's number. */
  private final Map<Integer, SecretKeySpec> extracted = new HashMap<>();

  AesGcmSealer(int keyId, byte[] key, Map<Integer, byte[]> older) {
    this.keyId = keyId;
    for (Map.Entry<Integer, byte[]> old : older.entrySet()) {
      add(old.getKey(), old.getValue());
    }
    if (older.containsKey(keyId)) {
      throw new IllegalArgumentException(
          "Key number "
              + keyId
              + " is given to the new key and an older one: number each key differently");
    }
    add(keyId, key);
  }

  private void add(int id, byte[] key) {
    if (id < 0) {
      throw new IllegalArgumentException("Key number " + id + " is negative: choose 0 or more");
    }
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "Key " + id + " has " + key.length + " bytes: AES-256 needs 32 random ones");
    }
    extracted.put(id, new SecretKeySpec(hmac(new SecretKeySpec(SALT, HMAC), key), HMAC));
  }

  @Override
  public byte[] seal(byte[] scope, byte[] address, byte[] content) {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce); // not a field: clones of a process would share it
    ByteBuffer sealed = ByteBuffer.allocate(HEAD + content.length + TAG_BYTES);
    sealed.putInt(keyId).put(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keyId, nonce, scope, address);
      cipher.doFinal(ByteBuffer.wrap(content), sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Sealing failed", e);
    }
    return sealed.array();
  }

  @Override
  public byte[] open(byte[] scope, byte[] address, byte[] sealed) throws IOException {
    if (sealed.length < HEAD + TAG_BYTES) {
      throw new IOException("Sealed entry is truncated");
    }
    ByteBuffer in = ByteBuffer.wrap(sealed);
    int id = in.getInt();
    if (!extracted.containsKey(id)) {
      throw new IOException("The entry was sealed with a key that is not here");
    }
    byte[] nonce = new byte[NONCE_BYTES];
    in.get(nonce);
    try {
      return cipher(Cipher.DECRYPT_MODE, id, nonce, scope, address)
          .doFinal(sealed, HEAD, sealed.length - HEAD);
    } catch (GeneralSecurityException altered) {
      throw new IOException("Sealed entry was altered or moved", altered);
    }
  }

  private Cipher cipher(int mode, int id, byte[] nonce, byte[] scope, byte[] address)
      throws GeneralSecurityException {
    SecretKeySpec key = Objects.requireNonNull(extracted.get(id));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, keyOf(key, scope), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(
        ByteBuffer.allocate(2 * Integer.BYTES + scope.length + address.length)
            .putInt(id)
            .putInt(scope.length)
            .put(scope)
            .put(address)
            .flip());
    return cipher;
  }

  /** HKDF's expand step: one block of HMAC-SHA-256 has exactly the length of an AES-256 key. */
  private static SecretKeySpec keyOf(SecretKeySpec key, byte[] scope) {
    byte[] info = ByteBuffer.allocate(scope.length + 1).put(scope).put((byte) 1).array();
    return new SecretKeySpec(hmac(key, info), "AES");
  }

  private static byte[] hmac(SecretKeySpec key, byte[] data) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has " + HMAC, e);
    }
  }
}
