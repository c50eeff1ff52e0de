export type { TaskStatus } from './task'
