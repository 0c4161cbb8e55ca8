/** The tour: demonstrates the cache step by step with the SDK's clients. */
@NullMarked
package com.gymcoach.bedrock.examples.quickstart;

import org.jspecify.annotations.NullMarked;
