/** What tests of a cache need: fakes whose failures are scripted and clocks that move when told. */
@NullMarked
package com.gymcoach.bedrock.testkit;

import org.jspecify.annotations.NullMarked;
