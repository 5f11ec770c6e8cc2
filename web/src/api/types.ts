export type { Box, Digit, Explanation, Problem, Reading } from './schema'
