/**
 * Text without the difference between upper and lower case, in a way that a database can repeat exactly.
 *
 * Every code point is replaced by its own lower case, whatever stands around it, when that is one code point. So the
 * length in code points stays, no language has rules of its own, and what is replaced can be handed to a database whose
 * Unicode may be older or newer. `ß` does not equal `SS`, and the final sigma `ς` not `Σ`: for words, search tokens serve
 * better.
 */

/** The text with every code point in its own lower case. Folding again changes nothing. */
export const foldCase = (text: string): string => {
  let folded = ""
  for (const sign of text) folded += lowerOf(sign)
  return folded
}

const lowerOf = (sign: string): string => {
  const small = sign.toLowerCase()
  return small.length === String.fromCodePoint(small.codePointAt(0) ?? 0).length ? small : sign
}

/** Code points, and what each is replaced by: two texts of as many code points. */
export interface Replacements {
  readonly from: string
  readonly to: string
}

/**
 * What must be replaced in a text to look for a folded one in it: the code points that fold to one of its own. All
 * others may stay as they are, because they equal none of it, folded or not.
 */
export const replacementsFor = (folded: string): Replacements => {
  const [from, to]: [Array<string>, Array<string>] = [[], []]
  for (const sign of new Set(folded)) {
    for (const upper of uppersOf(sign)) {
      from.push(upper)
      to.push(sign)
    }
  }
  return { from: from.join(""), to: to.join("") }
}

/** By lower case; made once, when it is first asked for. */
let uppers: ReadonlyMap<string, ReadonlyArray<string>> | undefined

const uppersOf = (lower: string): ReadonlyArray<string> => (uppers ??= everyUpper()).get(lower) ?? []

// Beyond it stand ideographs, private signs and tags, which have no case.
const lastCased = 0x1ffff

const everyUpper = () => {
  const found = new Map<string, Array<string>>()
  for (let code = 0; code <= lastCased; code++) {
    const sign = String.fromCodePoint(code)
    const lower = lowerOf(sign)
    if (lower !== sign) found.set(lower, [...(found.get(lower) ?? []), sign])
  }
  return found
}
