import { describe, expect, it } from 'vitest'
import { driverVersionFor, installedDriver } from './choose-sqlite-driver.mjs'

describe('the driver of SQLite', () => {
  it.each([
    ['20.9.0', 12],
    ['20.20.2', 12],
    ['22.0.0', 13],
    ['24.21.0', 13],
    ['26.1.0', 13],
  ])('on Node %s is version %i', (node, version) => {
    expect(driverVersionFor(node)).toBe(version)
  })

  it('is installed as the running Node needs it', () => {
    expect(installedDriver()).toBe(driverVersionFor(process.versions.node))
  })
})
