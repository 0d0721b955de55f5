import type { TraceQuery } from '../../model/trace-query.ts';
import type { SearchRequest } from '../../wire/jaeger-query/query-requests.ts';
import { ApiError } from '../api/api-error.ts';
import { boundedLimit } from '../api/parse-parameters.ts';
import { filtersOfCall } from '../api/parse-search-filters.ts';
import type { QueryCallDeps } from './query-call.ts';

const DEFAULT_DEPTH = 100;
const LATEST_NANO = 2n ** 63n - 1n;

type SearchDeps = Pick<QueryCallDeps, 'limits' | 'storage'>;

/** A search of jaeger.api_v2, where no times mean any time. @throws ApiError */
export function searchOfV2(request: SearchRequest | undefined, deps: SearchDeps): TraceQuery {
  if (request === undefined) throw new ApiError(400, 'missing query');
  return {
    ...conditionsOf(request, deps),
    startTimeMinNano: request.startNano ?? 0n,
    startTimeMaxNano: request.endNano ?? LATEST_NANO,
  };
}

/** A search of jaeger.api_v3, which must say when. @throws ApiError */
export function searchOfV3(request: SearchRequest | undefined, deps: SearchDeps): TraceQuery {
  if (request === undefined) throw new ApiError(400, 'missing query');
  const { startNano, endNano } = request;
  if (startNano === undefined || endNano === undefined) {
    throw new ApiError(400, 'start time min and max are required parameters');
  }
  if (startNano >= endNano) throw new ApiError(400, 'start time min must be before start time max');
  return {
    ...conditionsOf(request, deps),
    startTimeMinNano: startNano,
    startTimeMaxNano: endNano,
  };
}

function conditionsOf(
  request: SearchRequest,
  { limits, storage }: SearchDeps,
): Omit<TraceQuery, 'startTimeMinNano' | 'startTimeMaxNano'> {
  const { attributes, durationMaxNano, durationMinNano, operationName, serviceName } = request;
  if (durationMinNano !== 0n && durationMaxNano !== 0n && durationMaxNano < durationMinNano) {
    throw new ApiError(400, 'duration max must not be below duration min');
  }
  if (serviceName === '' && !storage.reader.capabilities.withoutService) {
    throw new ApiError(400, 'a service name is required: this storage finds traces by service');
  }
  return {
    ...(serviceName === '' ? {} : { serviceName }),
    ...(operationName === '' ? {} : { operationName }),
    ...(durationMinNano === 0n ? {} : { durationMinNano: Number(durationMinNano) }),
    ...(durationMaxNano === 0n ? {} : { durationMaxNano: Number(durationMaxNano) }),
    ...filtersOfCall(request.filter, storage.reader.capabilities),
    attributes,
    limit:
      request.limit <= 0
        ? Math.min(DEFAULT_DEPTH, limits.maxTraces)
        : boundedLimit(BigInt(request.limit), limits),
  };
}
