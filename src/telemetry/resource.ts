/** What the backend knows a process by. */

import type { TelemetryConfig } from './config.ts';
import { INCUBATING_ATTR, SEMCONV_ATTR } from './names.ts';

export interface ServiceIdentity {
  /** Name of the service unless the environment gives one. */
  readonly serviceName: string;
  readonly serviceVersion?: string;
  /** `service.instance.id`; a random UUID when absent. */
  readonly instanceId?: string;
}

/** Both generations of the environment's name are sent: see `INCUBATING_ATTR`. */
export function toResourceAttributes(
  identity: ServiceIdentity,
  config: TelemetryConfig,
): Readonly<Record<string, string>> {
  const { environment } = config;
  const instanceId = identity.instanceId ?? randomId();
  return {
    ...(identity.serviceVersion === undefined
      ? {}
      : { [SEMCONV_ATTR.serviceVersion]: identity.serviceVersion }),
    ...(instanceId === null ? {} : { [INCUBATING_ATTR.serviceInstanceId]: instanceId }),
    ...config.resourceAttributes,
    [SEMCONV_ATTR.serviceName]: config.serviceName ?? identity.serviceName,
    ...(environment === null
      ? {}
      : {
          [INCUBATING_ATTR.deploymentEnvironmentName]: environment,
          [INCUBATING_ATTR.deploymentEnvironment]: environment,
        }),
  };
}

/** Null where randomness is forbidden: workerd outside a request. */
function randomId(): string | null {
  try {
    return crypto.randomUUID();
  } catch {
    return null;
  }
}
