import * as ArchiveContract from "@eventfold/testing/ArchiveContract"
import * as ArchiveFilesContract from "@eventfold/testing/ArchiveFilesContract"
import { ArchiveFiles, layerMemory } from "../src/index.ts"

ArchiveContract.suite("Archive in memory", layerMemory)
ArchiveFilesContract.suite("Archive files in memory", ArchiveFiles.layerMemory)
