/** The warm tier on Redis or Valkey. */
@NullMarked
package com.gymcoach.bedrock.redis;

import org.jspecify.annotations.NullMarked;
