import { describeStoreConformance } from '@/lib/stores/conformance'
import { MemoryStore } from './memory'

describeStoreConformance('memory', {
  open: async (capacityBytes) => ({ store: new MemoryStore('memory', 0, capacityBytes), close: async () => {} }),
})
