package com.gymcoach.bedrock.cache.internal.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response as Bedrock would have sent it: what is stored, in whichever tier holds bytes.
 *
 * @param status the HTTP status
 * @param statusText its text, or null where there was none
 * @param headers those worth replaying, names in lower case
 * @param body the body's bytes
 */
public record Payload(
    int status, @Nullable String statusText, Map<String, List<String>> headers, byte[] body) {}
