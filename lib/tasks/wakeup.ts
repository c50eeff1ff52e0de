import { processSingleton } from '@/lib/runtime/process-singleton'

interface Bell {
  ring: () => void
}

const bell = () => processSingleton<Bell>('task-bell', () => ({ ring: () => {} }))

/** Says that there is a new task, so that this node's runner need not wait for its next round. */
export function announceTask(): void {
  bell().ring()
}

export function onTaskAnnounced(ring: () => void): void {
  bell().ring = ring
}
