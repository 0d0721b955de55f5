import { validateHeaderName } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { UsageError } from './errors.ts';
import { booleanSetting, integerSetting, listSetting, stringSetting } from './setting.ts';
import type { ConfigOf } from './setting.ts';

/** Data of several customers in one deployment. Names are Jaeger v1's. */
export const tenancySettings = {
  enabled: booleanSetting({
    flag: 'multi-tenancy.enabled',
    description: 'Whether every request must name the tenant whose data it is about.',
    default: false,
  }),
  header: stringSetting({
    flag: 'multi-tenancy.header',
    description: 'Header, or metadata of gRPC, that names the tenant.',
    default: 'x-tenant',
  }),
  tenants: listSetting({
    flag: 'multi-tenancy.tenants',
    description:
      'Tenants that are known. Empty: any, as many as multi-tenancy.max-tenants; who sends then makes them.',
    default: [],
  }),
  maxTenants: integerSetting({
    flag: 'multi-tenancy.max-tenants',
    description: 'Tenants that may send while none are listed; spans of further ones are refused.',
    default: 100,
    min: 1,
  }),
};

export type TenancyConfig = ConfigOf<typeof tenancySettings>;

/** Why a request is not answered; the words are Jaeger's. */
export class TenancyError extends Error {
  override readonly name = 'TenancyError';
}

export interface Tenancy {
  /** The tenant of a request; '' when tenants are not told apart. @throws TenancyError */
  tenantOf(headers: IncomingHttpHeaders): string;
}

/** Characters of a name: those that every header and every metadata can carry. */
const TENANT_NAME = /^[!-+\--~]{1,128}$/;

/** Whether a tenant can be called so: 1 to 128 printable ASCII characters, no comma and no space. */
export function isTenantName(name: string): boolean {
  return TENANT_NAME.test(name);
}

/** In lower case, as headers are known here. @throws UsageError that names the flag */
export function parseTenantHeader(flag: string, header: string): string {
  const name = header.toLowerCase();
  try {
    validateHeaderName(name);
  } catch (error) {
    throw new UsageError(`${flag}: ${JSON.stringify(header)} is no header`, { cause: error });
  }
  return name;
}

/** For those who do not tell tenants apart. */
export const ONE_TENANT: Tenancy = { tenantOf: () => '' };

/** @throws UsageError for a header that cannot be one */
export function createTenancy({ enabled, header, tenants }: TenancyConfig): Tenancy {
  if (!enabled) return ONE_TENANT;
  const name = parseTenantHeader('multi-tenancy.header', header);
  const known = new Set(tenants);
  return {
    tenantOf: (headers) => {
      const value = headers[name];
      const tenant = Array.isArray(value) ? value.join(', ') : (value ?? '');
      if (tenant === '') throw new TenancyError('missing tenant header');
      // Headers that come twice are joined so; no tenant may have such a name.
      if (tenant.includes(',')) throw new TenancyError('extra tenant header');
      if (!isTenantName(tenant)) throw new TenancyError('malformed tenant header');
      if (known.size > 0 && !known.has(tenant)) throw new TenancyError('unknown tenant');
      return tenant;
    },
  };
}

/**
 * For those who take spans: where any tenant may come, so many. The first ones stay until the process
 * ends, for what they sent stays as well. @throws UsageError for a header that cannot be one
 */
export function createSenderTenancy(config: TenancyConfig): Tenancy {
  const tenancy = createTenancy(config);
  const { maxTenants, tenants } = config;
  if (tenants.length > 0) return tenancy;
  const seen = new Set<string>();
  return {
    tenantOf: (headers) => {
      const tenant = tenancy.tenantOf(headers);
      if (!seen.has(tenant) && seen.size >= maxTenants) {
        throw new TenancyError(
          `there are more than ${maxTenants} tenants (multi-tenancy.max-tenants)`,
        );
      }
      seen.add(tenant);
      return tenant;
    },
  };
}
