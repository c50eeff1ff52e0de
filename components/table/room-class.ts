/** Hides a column where the table is too narrow for it; what a row is about always stays. */
export const roomClass = {
  some: 'md:@max-[52rem]:hidden',
  more: 'md:@max-[56rem]:hidden',
  much: 'md:@max-[62rem]:hidden',
} as const
