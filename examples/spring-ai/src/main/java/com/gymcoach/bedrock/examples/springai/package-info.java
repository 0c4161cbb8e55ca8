/** How to give Spring AI's Bedrock Converse chat model the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.springai;

import org.jspecify.annotations.NullMarked;
