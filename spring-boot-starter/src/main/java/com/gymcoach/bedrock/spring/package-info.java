/** Auto-configuration of the cache in a Spring Boot application. */
@NullMarked
package com.gymcoach.bedrock.spring;

import org.jspecify.annotations.NullMarked;
