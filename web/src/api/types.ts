export type { Box, Cards, Digit, Explanation, Problem, Reading } from './schema'
