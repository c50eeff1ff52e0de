import { describeStoreConformance } from '@/lib/stores/conformance'
import { MemoryStore } from './memory'

describeStoreConformance('memory', {
  open: async (capacityBytes) => {
    const store = new MemoryStore('memory', 0, capacityBytes)
    const lose = async () => {
      store.isLost = true
      return async () => {
        store.isLost = false
      }
    }
    return { store, lose, close: async () => {} }
  },
})
