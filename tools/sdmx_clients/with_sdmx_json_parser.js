// What sdmx-json-parser makes of SDMX-JSON 2.0, as JSON: node with_sdmx_json_parser.js ADDRESS PACKAGES
const [, , address, packages] = process.argv;
const { SDMXParser } = require(`${packages}/sdmx-json-parser`);
const QUERY = "/sdmx/v2/data/dataflow/GUZAR/MIGRANT_STOCKS/1.0.0/*.*.*.*._T?c[REF_AREA]=KGZ,TJK&c[TIME_PERIOD]=ge:2010";

// The parser gives names; the lists of the same message lead back to codes.
async function read(at, language) {
  const parser = new SDMXParser();
  const headers = { Accept: "application/vnd.sdmx.data+json;version=2.0.0", "Accept-Language": language };
  await parser.getDatasets(`${address}${QUERY}&dimensionAtObservation=${at}`, { headers });
  const codes = {};
  for (const part of [...parser.getDimensions(), ...parser.getAttributes()]) {
    codes[part.id] = new Map(part.values.filter(Boolean).map((one) => [one.name, one.id ?? one.value]));
  }
  const rows = parser.getData().map(({ value, ...named }) => {
    const coded = Object.entries(named).map(([id, name]) => [id, codes[id].get(name)]);
    return { ...Object.fromEntries(coded), OBS_VALUE: value === null || value === undefined ? null : String(value) };
  });
  return { rows, name: parser.getName(), areas: [...codes.REF_AREA.keys()] };
}

(async () => {
  const told = {};
  for (const language of ["en", "ru"]) {
    for (const at of ["TIME_PERIOD", "AllDimensions"]) told[`${at} ${language}`] = await read(at, language);
  }
  console.log(JSON.stringify(told));
})();
