/** True for Prisma's unique constraint violation; only the code tells, the rest differs between databases. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'P2002'
}
