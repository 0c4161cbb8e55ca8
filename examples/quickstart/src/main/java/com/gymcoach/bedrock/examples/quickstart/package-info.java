/** The tour: what the cache does, shown step by step with the SDK's own clients. */
@NullMarked
package com.gymcoach.bedrock.examples.quickstart;

import org.jspecify.annotations.NullMarked;
