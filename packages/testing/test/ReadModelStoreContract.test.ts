/** The suite of the rows of read models catches broken layers: for every law there is one that breaks it. */
import { ReadModelStoreLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"
import { changes } from "./BrokenReadModels/BrokenChanges.ts"
import { generations } from "./BrokenReadModels/BrokenGenerations.ts"
import { questions } from "./BrokenReadModels/BrokenQuestions.ts"
import { settings, sound } from "./BrokenReadModels/BrokenReadModelStore.ts"
import { switches } from "./BrokenReadModels/BrokenSwitches.ts"

suite({
  of: "the rows of read models",
  laws: ReadModelStoreLaws.rowLaws,
  rows: [...changes, ...generations, ...switches],
  sound,
  settings
})

suite({
  of: "questions about rows that are read",
  laws: ReadModelStoreLaws.questionLaws,
  rows: questions,
  sound,
  settings,
  only: false
})
