/** Example: Spring AI's Bedrock Converse chat model with the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.springai;

import org.jspecify.annotations.NullMarked;
