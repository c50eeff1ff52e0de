import { config } from '@/lib/config/load'
import { type NodeIdentity, nodeIdentity } from '@/lib/runtime/node-identity'

/** This process among the nodes of its database. */
export function self(): NodeIdentity {
  return nodeIdentity(config().dataFolder)
}
