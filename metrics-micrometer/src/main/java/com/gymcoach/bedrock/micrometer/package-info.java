/** Integration with Micrometer. */
@NullMarked
package com.gymcoach.bedrock.micrometer;

import org.jspecify.annotations.NullMarked;
