/** Names made of letters alone: nobody takes them, or a part of them, for the number of a card. */
import { createHash } from "node:crypto"

const letters = "ghijklmnop"

/** Twenty-four letters that stand for a text: the same for the same, others for another. */
export const lettersOf = (text: string): string =>
  createHash("sha256")
    .update(text)
    .digest("hex")
    .slice(0, 24)
    .replaceAll(/\d/gu, (digit) => letters.charAt(Number(digit)))
