/** Numbers in rows, such as a page of grey or a glyph's ink; the one at (x, y) stands at y * width + x. */
export interface Grid {
  readonly height: number
  readonly width: number
  readonly values: Float32Array
}

/** Rows from `top` and columns from `left` on, ends excluded. */
export interface Area {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** A grid whose numbers are made by `value`. */
export function gridOf(height: number, width: number, value: (x: number, y: number) => number): Grid {
  const values = new Float32Array(height * width)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) values[y * width + x] = value(x, y)
  return { height, width, values }
}

/** The number at (x, y), which must be on the grid. */
export function at(grid: Grid, x: number, y: number): number {
  return grid.values[y * grid.width + x] ?? NaN
}

export function cut(grid: Grid, { top, bottom, left, right }: Area): Grid {
  return gridOf(bottom - top, right - left, (x, y) => at(grid, left + x, top + y))
}

/** The grid turned anticlockwise by so many quarters of a turn. */
export function turned(grid: Grid, quarters: number): Grid {
  if (quarters === 0) return grid
  const once = gridOf(grid.width, grid.height, (x, y) => at(grid, grid.width - 1 - y, x))
  return turned(once, quarters - 1)
}

/** Several grids of one size or less as one block of numbers, padded with 0 at the right and below. */
export function stacked(grids: readonly Grid[]): { readonly height: number; readonly width: number; readonly values: Float32Array } {
  const height = Math.max(...grids.map((grid) => grid.height))
  const width = Math.max(...grids.map((grid) => grid.width))
  const values = new Float32Array(grids.length * height * width)
  for (const [i, grid] of grids.entries())
    for (let y = 0; y < grid.height; y++)
      values.set(grid.values.subarray(y * grid.width, (y + 1) * grid.width), (i * height + y) * width)
  return { height, width, values }
}
