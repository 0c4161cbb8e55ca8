package software.amazon.awssdkx;

import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** An interceptor whose name begins like the SDK's, up to the last dot but one. */
public final class AlmostTheSdks implements ExecutionInterceptor {}
