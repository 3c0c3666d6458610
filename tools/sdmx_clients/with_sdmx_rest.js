// Addresses that sdmx-rest builds and finds right, as JSON: node with_sdmx_rest.js ADDRESS PACKAGES
const [, , address, packages] = process.argv;
const sdmx = require(`${packages}/sdmx-rest`);
const v1 = sdmx.getService({ id: "V1", url: `${address}/sdmx/v1`, api: "v1.5.0" });
const v2 = sdmx.getService({ id: "V2", url: `${address}/sdmx/v2`, api: "v2.0.0" });
const KINDS = {
  v1: [
    "datastructure", "metadatastructure", "categoryscheme", "conceptscheme", "codelist", "hierarchicalcodelist",
    "organisationscheme", "dataproviderscheme", "dataconsumerscheme", "organisationunitscheme", "dataflow", "metadataflow",
    "provisionagreement", "structureset", "categorisation", "contentconstraint", "actualconstraint", "structure",
  ],
  v2: [
    "datastructure", "metadatastructure", "categoryscheme", "conceptscheme", "codelist", "hierarchy", "dataproviderscheme",
    "metadataproviderscheme", "dataconsumerscheme", "organisationunitscheme", "dataflow", "metadataflow",
    "provisionagreement", "metadataprovisionagreement", "structuremap", "representationmap", "categorisation",
    "dataconstraint", "*",
  ],
};
const DETAILS = ["full", "allstubs", "referencestubs", "allcompletestubs", "referencecompletestubs", "referencepartial"];
const REFERENCES = ["none", "parents", "parentsandsiblings", "children", "descendants", "all", "codelist"];
const built = { structures: [], data: [], availability: [], schemas: [] };
const add = (what, query, service) => built[what].push(sdmx.getUrl(query, service));

for (const [name, service] of [["v1", v1], ["v2", v2]]) {
  const every = name === "v1" ? { agency: "GUZAR", version: "latest" } : { agency: "GUZAR", version: "~" };
  for (const resource of KINDS[name]) {
    DETAILS.forEach((detail) => add("structures", { resource, ...every, detail }, service));
    REFERENCES.forEach((references) => add("structures", { resource, ...every, references }, service));
  }
  add("structures", { resource: "agencyscheme", agency: "SDMX" }, service);
  add("structures", { resource: "codelist", agency: "GUZAR", id: "CL_AREA", item: "KGZ+TJK" }, service);
}
const flow = "GUZAR,MIGRANT_STOCKS,1.0.0";
for (const key of ["all", "..KGZ", "A.migrant_stock.KGZ+TJK.._T", "A.......2020-12"]) {
  for (const detail of ["full", "dataonly", "serieskeysonly", "nodata"]) add("data", { flow, key, detail }, v1);
  add("data", { flow, key, start: "2010", end: "2020-Q4", history: true }, v1);
  add("data", { flow, key, firstNObs: 1, lastNObs: 2, obsDimension: "REF_AREA" }, v1);
  add("data", { flow, key, provider: "GUZAR,WORLD_BANK+UNITED_NATIONS_DEPARTMENT_OF_ECONOMIC_AND_SOCIAL" }, v1);
  add("availability", { flow, key, mode: "exact" }, v1);
  add("availability", { flow, key, mode: "available", component: "SEX", references: "codelist" }, v1);
}
add("data", { flow: "POPULATION", updatedAfter: "2020-01-01T00:00:00Z" }, v1);
const context = "dataflow=GUZAR:MIGRANT_STOCKS(1.0.0)";
const FILTERS = [
  [], ["REF_AREA=KGZ,TJK"], ["TIME_PERIOD=ge:2010+le:2020"], ["OBS_VALUE=gt:100", "SEX=ne:M"], ["INDICATOR=sw:migrant"],
];
for (const key of ["*", "*.*.KGZ", "A.migrant_stock.KGZ.*._T,A.migrant_stock.TJK.*._T"]) {
  for (const filters of FILTERS) {
    add("data", { context, key, filters }, v2);
    add("data", { context, key, filters, history: true, obsDimension: "AllDimensions" }, v2);
    add("data", { context, key, filters, lastNObs: 1, attributes: "series", measures: "none" }, v2);
    for (const mode of ["exact", "available"]) add("availability", { context, key, filters, mode }, v2);
  }
  add("availability", { context, key, component: "REF_AREA,SEX", references: "all" }, v2);
}
add("data", { context: "dataflow=GUZAR:POPULATION(+)", updatedAfter: "2020-01-01T00:00:00Z" }, v2);
add("data", { context: "provisionagreement=GUZAR:PA_WORLD_BANK_MIGRANT_STOCKS(1.0.0)", key: "*.*.KGZ" }, v2);
for (const [id, of] of [["MIGRANT_STOCKS", "dataflow"], ["FIGURES", "datastructure"], ["PA_WORLD_BANK_MIGRANT_STOCKS", "provisionagreement"]]) {
  add("schemas", { context: of, agency: "GUZAR", id, version: "1.0.0" }, v2);
  add("schemas", { context: of, agency: "GUZAR", id, version: "1.0.0", obsDimension: "REF_AREA" }, v1);
}
console.log(JSON.stringify(built));
