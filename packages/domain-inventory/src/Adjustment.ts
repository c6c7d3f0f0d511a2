/** A correction of the count of a product: by how many pieces, up or down, and why. */
import { Quantity, Text, WholeNumber } from "@eventfold/shared-kernel"
import { Schema } from "effect"

const { maximum } = Quantity
const message = `must be a whole number of pieces from -${maximum} to ${maximum}, and not 0`

/** The schema of a change of a count: up or down, and never by nothing. */
export const Change = WholeNumber.between({ minimum: -maximum, maximum })
  .check(Schema.makeFilter((change) => change !== 0, { message }))
  .annotate({ message })

/** The schema of the reason of a correction, for people: one line of at most 200 characters. */
export const AdjustmentReason = Text.line(200)
