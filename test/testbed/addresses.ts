/**
 * Names and addresses a cluster with nodes takes on this machine. All lie in 198.18.0.0/15, which is
 * set aside for tests of networks (RFC 2544); another kind of test cluster can run beside it.
 */
export const BRIDGE = 'jio0';
export const HOST_ADDRESS = '198.19.140.1';
export const NODE_NETWORK = '198.19.140.0/24';
export const POD_NETWORK = '198.18.140.0/22';
export const SERVICE_NETWORK = '198.19.144.0/20';
/** The first address of the service network is the API server's, by Kubernetes' own rule. */
export const API_SERVICE_ADDRESS = '198.19.144.1';
export const DNS_SERVICE_ADDRESS = '198.19.144.10';
/** The pod network has room for three node networks beside its first. */
export const MAX_NODES = 3;

export interface NodeAddresses {
  readonly name: string;
  readonly address: string;
  readonly podNetwork: string;
  /** This machine's end of the node's cable. */
  readonly link: string;
  readonly netns: string;
}

/** @param index 1 for the first node. */
export function nodeAddresses(index: number): NodeAddresses {
  return {
    name: `node${index}`,
    address: `198.19.140.${10 + index}`,
    podNetwork: `198.18.${140 + index}.0/24`,
    link: `jio0n${index}`,
    netns: `jio-node${index}`,
  };
}
