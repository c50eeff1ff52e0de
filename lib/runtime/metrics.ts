import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { processSingleton } from './process-singleton'

function makeMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
  const registers = [registry]
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'glimpse_http_request_duration_seconds',
      help: 'Time from the request line to the last byte of the answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600],
      registers,
    }),
    uploadedBytes: new Counter({
      name: 'glimpse_upload_bytes_total',
      help: 'Image bytes received',
      labelNames: ['store'],
      registers,
    }),
    downloadedBytes: new Counter({
      name: 'glimpse_download_bytes_total',
      help: 'Image bytes sent',
      labelNames: ['store'],
      registers,
    }),
    uploads: new Counter({
      name: 'glimpse_uploads_total',
      help: 'Finished uploads by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    uploadsRunning: new Gauge({ name: 'glimpse_uploads_running', help: 'Uploads under way on this node', registers }),
    downloadsRunning: new Gauge({
      name: 'glimpse_downloads_running',
      help: 'Downloads under way on this node',
      registers,
    }),
    reclaimed: new Counter({
      name: 'glimpse_reclaimed_total',
      help: 'What the reaper put right after a process died',
      labelNames: ['kind'],
      registers,
    }),
    orphanBytes: new Gauge({
      name: 'glimpse_orphan_bytes',
      help: 'Bytes in a store that no image names and that are not provably ours',
      labelNames: ['store'],
      registers,
    }),
    storeUp: new Gauge({
      name: 'glimpse_store_up',
      help: '1 when the store takes writes',
      labelNames: ['store'],
      registers,
    }),
    policyRevision: new Gauge({
      name: 'glimpse_policy_revision',
      help: 'Number of the policy revision that this node decides by; equal on all nodes',
      registers,
    }),
    policyRefused: new Gauge({
      name: 'glimpse_policy_refused',
      help: 'Whether policy files, or a stored rule on this node, are refused: 1 or 0',
      registers,
    }),
    storeFreeBytes: new Gauge({
      name: 'glimpse_store_free_bytes',
      help: 'Room that the last probe of a store found',
      labelNames: ['store'],
      registers,
    }),
    storeChanges: new Counter({
      name: 'glimpse_store_changes_total',
      help: 'How often a store became read-only or writable again',
      labelNames: ['store', 'to'],
      registers,
    }),
    storeHangs: new Counter({
      name: 'glimpse_store_hangs_total',
      help: 'How often a file system did not answer and the process that waited for it was given up',
      labelNames: ['store'],
      registers,
    }),
    storeSeconds: new Histogram({
      name: 'glimpse_store_operation_duration_seconds',
      help: 'Time that a store took for one operation; the transfer of the bytes is not part of it',
      labelNames: ['store', 'operation'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60],
      registers,
    }),
    webhookDeliveries: new Counter({
      name: 'glimpse_webhook_deliveries_total',
      help: 'Events sent to webhooks by outcome; dead ones were given up',
      labelNames: ['webhook', 'outcome'],
      registers,
    }),
    importStepSeconds: new Histogram({
      name: 'glimpse_import_step_duration_seconds',
      help: 'Time that a plugin took for the staged bytes of one import',
      labelNames: ['step'],
      buckets: [0.1, 0.5, 2, 10, 60, 300, 1800, 7200],
      registers,
    }),
    tokenLookups: new Counter({
      name: 'glimpse_token_lookups_total',
      help: 'Token validations by where the answer came from',
      labelNames: ['result'],
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof makeMetrics>

/** The process's Prometheus metrics. */
export function metrics(): Metrics {
  return processSingleton('metrics', makeMetrics)
}
