import { GRPC_STATUS, GrpcError } from '../../runtime/grpc/grpc-service.ts';
import type { GrpcCall } from '../../runtime/grpc/grpc-service.ts';
import { TenancyError } from '../../runtime/tenancy.ts';
import type { Tenancy } from '../../runtime/tenancy.ts';

/** Whose data a call is about. The function throws GrpcError for a call that may not be answered. */
export function grpcTenantOf(tenancy: Tenancy): (call: GrpcCall) => string {
  return ({ headers }) => {
    try {
      return tenancy.tenantOf(headers);
    } catch (error) {
      if (!(error instanceof TenancyError)) throw error;
      const status = { code: GRPC_STATUS.permissionDenied, message: error.message };
      throw new GrpcError(status, { cause: error });
    }
  };
}
