# What rsdmx reads, as tables in a folder: Rscript with_rsdmx.R ADDRESS FOLDER
suppressMessages(library(rsdmx))
told <- commandArgs(trailingOnly = TRUE)
base <- paste0(told[1], "/sdmx/v1")
options(digits = 15)

keep <- function(table, name) {
  write.csv(table, file.path(told[2], paste0(name, ".csv")), row.names = FALSE, na = "", fileEncoding = "UTF-8")
}

addSDMXServiceProvider(SDMXServiceProvider(
  agencyId = "GUZAR", name = "guzar",
  builder = SDMXREST21RequestBuilder(regUrl = base, repoUrl = base, compliant = TRUE)
))
flows <- as.data.frame(readSDMX(providerId = "GUZAR", resource = "dataflow", agencyId = "GUZAR"))
keep(flows[, c("id", "Name.en", "Name.ru")], "dataflows")
generic <- readSDMX(
  providerId = "GUZAR", resource = "data", flowRef = "MIGRANT_STOCKS", key = "..KGZ+TJK.._T", start = 2010, dsd = TRUE
)
keep(suppressWarnings(as.data.frame(generic, labels = TRUE)), "GenericData")
specific <- "/data/MIGRANT_STOCKS/..KGZ+TJK.._T?startPeriod=2010&format=structurespecificdata"
keep(as.data.frame(readSDMX(paste0(base, specific))), "StructureSpecificData")
keep(as.data.frame(readSDMX(paste0(base, "/codelist/GUZAR/CL_AREA"))), "codes")
not_read <- Filter(function(kind) {
  inherits(try(as.data.frame(suppressWarnings(readSDMX(paste0(base, "/", kind, "/GUZAR")))), silent = TRUE), "try-error")
}, c(
  "dataflow", "datastructure", "codelist", "conceptscheme", "categoryscheme", "categorisation", "dataproviderscheme",
  "provisionagreement", "contentconstraint", "hierarchicalcodelist", "metadataflow", "structureset"
))
keep(data.frame(kind = not_read), "not_read")
