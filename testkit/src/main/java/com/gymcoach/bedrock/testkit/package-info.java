/** Test doubles for code that uses the cache: fakes with scripted failures, and manual clocks. */
@NullMarked
package com.gymcoach.bedrock.testkit;

import org.jspecify.annotations.NullMarked;
