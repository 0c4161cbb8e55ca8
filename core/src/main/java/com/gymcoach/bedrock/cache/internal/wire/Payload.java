package com.gymcoach.bedrock.cache.internal.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response in the form in which Bedrock sends it, as stored in a tier that holds bytes.
 *
 * @param status the HTTP status
 * @param statusText the status text, or null if there was none
 * @param headers the headers worth replaying, with names in lower case
 * @param body the body's bytes
 */
public record Payload(
    int status, @Nullable String statusText, Map<String, List<String>> headers, byte[] body) {}
