import { expect, test } from 'vitest'
import { percent, runnerUp, sureness, unread } from '../src/words'

test.each([
  [0, '0 %'],
  [0.004, '0 %'],
  [0.5, '50 %'],
  [0.994, '99 %'],
  [0.995, '> 99 %'],
  [1, '> 99 %'],
])('%f is %s', (probability, words) => {
  expect(percent(probability)).toBe(words)
})

test.each([
  [1, 'Almost certain'],
  [0.99, 'Almost certain'],
  [0.95, 'Quite sure'],
  [0.7, 'Fairly sure'],
  [0.4, 'Unsure'],
  [0.1, 'Only a guess'],
  [0, 'Only a guess'],
])('a confidence of %f is %s', (confidence, words) => {
  expect(sureness(confidence)).toBe(words)
})

test('the runner-up is named only if it is at all likely', () => {
  expect(runnerUp([0, 0.3, 0, 0, 0, 0, 0, 0.7, 0, 0])).toBe(1)
  expect(runnerUp([0, 0.05, 0, 0, 0, 0, 0, 0.95, 0, 0])).toBeNull()
})

test.each([
  ['blank', 'No digit found. The paper looks blank.'],
  ['not_a_digit', 'does not look like a digit'],
  ['too_faint', 'Too faint'],
  ['cut_off', 'cut off'],
  ['ambiguous', 'more than one way'],
  ['a reason of a newer server', 'No digit found. Try'],
  [null, 'No digit found. Try'],
])('the reason %s is said in plain words', (reason, words) => {
  const { what, remedy } = unread(reason)
  expect(`${what} ${remedy}`).toContain(words)
  expect(`${what} ${remedy}`).toMatch(/^[A-Z][^_]+\.$/)
})
