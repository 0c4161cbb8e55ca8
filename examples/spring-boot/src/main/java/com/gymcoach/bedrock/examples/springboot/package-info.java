/** A Spring Boot service with the cache. */
@NullMarked
package com.gymcoach.bedrock.examples.springboot;

import org.jspecify.annotations.NullMarked;
