import type { Box, Digit, Explanation, Problem, Reading } from './types'

/** Whether a server's answer has the fields that the page goes on with: not every server there is ours, or of this version. */
export function isReading(body: unknown): body is Reading {
  return has(body, { text: isText, confidence: isNumber, turned: isNumber, digits: all(isDigit) }) &&
    (body.reason === null || isText(body.reason))
}

export function isExplanation(body: unknown): body is Explanation {
  return has(body, { ink: isText, boxes: isText, digits: all((digit) => has(digit, { value: isNumber, tile: isText, saliency: isText })) })
}

export function isProblem(body: unknown): body is Problem {
  return has(body, { code: isText, detail: isText, remedy: isText })
}

type Is = (value: unknown) => boolean

function isDigit(body: unknown): body is Digit {
  return has(body, { value: isNumber, confidence: isNumber, probabilities: all(isNumber), box: isBox })
}

function isBox(body: unknown): body is Box {
  return has(body, { x: isNumber, y: isNumber, width: isNumber, height: isNumber })
}

function has(body: unknown, fields: Readonly<Record<string, Is>>): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && Object.entries(fields).every(([name, is]) => is((body as Record<string, unknown>)[name]))
}

function all(is: Is): Is {
  return (value) => Array.isArray(value) && value.every(is)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
