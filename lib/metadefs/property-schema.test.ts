import { describe, expect, it } from 'vitest'
import { isApiError } from '@/lib/errors/api-error'
import { readPropertySchema, wireSchema } from './property-schema'

const base = { type: 'string', title: 't' }

function read(change: object): unknown {
  try {
    return wireSchema(readPropertySchema('property', { ...base, ...change }, { isNamed: false }))
  } catch (error) {
    return isApiError(error) ? error.message.replace("Provided object does not match schema 'property': ", '') : error
  }
}

describe('a property schema', () => {
  it.each([
    [{ default: 3 }, { default: '3' }],
    [{ default: true }, { default: 'True' }],
    [{ default: 'é' }, { default: 'é' }],
    [{ default: ['a'] }, { default: null }],
    [{ default: null }, { default: null }],
    [
      { minimum: 0.5, maximum: -1 },
      { minimum: 0.5, maximum: -1 },
    ],
    [{ enum: [1, 'a', false] }, { enum: ['1', 'a', 'False'] }],
    [{ items: { enum: [1], type: 'integer' } }, { items: { type: 'integer', enum: ['1'] } }],
    [{ pattern: '(' }, { pattern: '(' }],
    [{ required: ['a', 'b'] }, { required: ['a', 'b'] }],
    [
      { minLength: 0, uniqueItems: true },
      { minLength: 0, uniqueItems: true },
    ],
  ])('takes %j', (change, shown) => {
    expect(read(change)).toEqual({ ...base, ...shown })
  })

  it.each([
    [{ confidential: true }, "Additional properties are not allowed ('confidential' was unexpected)"],
    [{ type: null }, "None is not of type 'string'"],
    [{ type: 'text' }, "'text' is not one of ['array', 'boolean', 'integer', 'number', 'object', 'string']"],
    [{ enum: [null] }, "null is not of type 'string'"],
    [{ enum: 'a' }, "'a' is not of type 'array'"],
    [{ items: {} }, "'type' is a required property"],
    [{ items: { type: 'string', x: 1 } }, "Additional properties are not allowed ('x' was unexpected)"],
    [{ minLength: -1 }, '-1 is less than the minimum of 0'],
    [{ minLength: 1.5 }, "1.5 is not of type 'integer'"],
    [{ maximum: '1' }, '"1" is not of type \'number\''],
    [{ required: ['a', 'a'] }, '["a","a"] has non-unique elements'],
    [{ readonly: 'yes' }, "'yes' is not of type 'boolean'"],
  ])('refuses %j', (change, reason) => {
    expect(read(change)).toBe(reason)
  })

  it('has its keys in one order', () => {
    const mixed = { items: { type: 'string' }, enum: [], default: 'a', operators: [], description: 'd' }
    const keys = Object.keys(readPropertySchema('property', { ...mixed, ...base }, { isNamed: false }))
    expect(keys).toEqual(['type', 'title', 'description', 'operators', 'default', 'enum', 'items'])
  })
})
