import { ApiError } from './api/endpoint.ts';

/** How many requests are worked on at once, over all APIs of one query service. */
export interface Admission {
  /** Takes a place, to be given back by calling what it returns, once. @throws ApiError */
  enter(): () => void;
}

export function createAdmission(requestsMax: number): Admission {
  let underWay = 0;
  return {
    enter: () => {
      if (underWay >= requestsMax) {
        throw new ApiError(503, 'too many requests at once (query.max-concurrent-requests)');
      }
      underWay += 1;
      return () => {
        underWay -= 1;
      };
    },
  };
}
