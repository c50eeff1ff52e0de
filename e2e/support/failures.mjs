// What failed, out of the reports of the runners, so that the end of a long log says it and nobody has to search.
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './processes.mjs'

const longestMessageLines = 14
const longestLine = 300
const mostShown = 25

/** Of vitest's JSON report: [{ name, message }]. A file that could not be loaded counts as one. */
export function failuresOfVitest({ testResults }) {
  return testResults.flatMap((file) => {
    const place = relative(root, file.name)
    const failed = file.assertionResults.filter((test) => test.status === 'failed')
    if (file.status === 'failed' && failed.length === 0) return [{ name: place, message: file.message ?? '' }]
    return failed.map((test) => ({
      name: `${place}: ${test.fullName}`,
      message: (test.failureMessages ?? []).join('\n'),
    }))
  })
}

/**
 * Of Playwright's JSON report: [{ name, message, passedOnRetry }]. A test that passed on its second try is among them,
 * with what stopped the first.
 */
export function failuresOfPlaywright({ suites, errors = [] }) {
  const outside = errors.map((error) => ({ name: 'outside of any test', message: error.message ?? '' }))
  return [...outside, ...suites.flatMap((suite) => failuresOfSuite(suite, []))]
}

function failuresOfSuite(suite, above) {
  const path = [...above, suite.title]
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === 'unexpected' || test.status === 'flaky')
      .map((test) => ({
        name: [...path, spec.title].join(' › '),
        message: test.results.find((result) => result.status !== 'passed')?.error?.message ?? '',
        passedOnRetry: test.status === 'flaky',
      })),
  )
  return [...own, ...(suite.suites ?? []).flatMap((inner) => failuresOfSuite(inner, path))]
}

/** Lines for the end of the log; a message is cut after its first lines. */
export function inLines(suiteName, failures) {
  const lines = failures.slice(0, mostShown).flatMap(({ name, message, passedOnRetry = false }) => [
    `${passedOnRetry ? 'PASSED ON ITS SECOND TRY' : 'FAILED'}  ${suiteName}: ${name}`,
    ...stripVTControlCharacters(message)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, longestMessageLines)
      .map((line) => `        ${line.slice(0, longestLine)}`),
  ])
  if (failures.length > mostShown) lines.push(`and ${failures.length - mostShown} more of ${suiteName}`)
  return lines
}
