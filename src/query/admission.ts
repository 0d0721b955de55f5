import { LimitError } from './api/limit-error.ts';

/** How many requests are worked on at once, over all APIs of one query service. */
export interface Admission {
  /** Takes a place, to be given back by calling what it returns, once. @throws LimitError */
  enter(): () => void;
}

export function createAdmission(requestsMax: number): Admission {
  let underWay = 0;
  return {
    enter: () => {
      if (underWay >= requestsMax) {
        const limit = 'query.max-concurrent-requests';
        throw new LimitError(503, limit, `too many requests at once (${limit})`);
      }
      underWay += 1;
      return () => {
        underWay -= 1;
      };
    },
  };
}
