// Expressions at random, seeded: mostly sensible ones over the payloads below, with enough nonsense to meet error paths.
export function makeRandom(seed) {
  let s = seed >>> 0;
  const random = () => { s = (s + 0x6d2b79f5) | 0; let t = Math.imul(s ^ (s >>> 15), 1 | s); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296; };
  return { random, pick: list => list[Math.floor(random() * list.length)], chance: p => random() < p };
}

export function makeGenerator(seed) {
  const { random, pick, chance } = makeRandom(seed);
  const names = ['id', 'total', 'lines', 'name', 'price', 'qty', 'tags', 'billing', 'city', 'email', 'missing', 'meta', 'key', 'value', 'shipping', 'status', 'note', 'first_name', 'nested', 'items', 'a', 'b', '`odd name`', 'flags', 'created'];
  const paths = ['lines', 'lines.price', 'lines.name', 'billing.city', 'billing', 'total', 'lines.tags', 'meta', 'meta.value', 'nested.items', 'nested.items.a', 'nested', 'tags', 'id', 'status', 'lines.qty', 'flags', 'note', 'created', 'lines[0]', 'lines[-1].price', '*', '**.price', '**.name', 'billing.*', '$', '$$', '$$.lines.price', 'missing', 'lines.missing', 'empty', 'emptyobj'];
  const numbers = ['0', '1', '2', '3', '-1', '0.5', '10', '2.675', '100', '1e3', '7'];
  const texts = ['"a"', '"x y"', '""', '"Berlin"', '"processing"', "'é'", '"1"', '"2.50"', '"😀b"', '"SKU-12"', '"2018-02-01T09:42:13.123Z"', '"A,b;C"'];
  const regexes = ['/a/', '/[a-z]+/', '/(\\w)(\\d)?/', '/^B/i', '/[0-9]+/', '/,|;/', '/e/', '/(x)|(y)/'];
  const pictures = ['"#,##0.00"', '"0"', '"00.0"', '"#0.###"', '"01%"', '"0.0e0"', '"#,##0.00;(#,##0.00)"'];
  const integerPictures = ['"0"', '"000"', '"#,##0"', '"w"', '"W"', '"Ww"', '"I"', '"i"', '"A"', '"a"', '"1;o"', '"w;o"'];
  const datePictures = ['"[Y0001]-[M01]-[D01]"', '"[D1o] [MNn] [Y]"', '"[FNn,*-3] [H01]:[m01]:[s01]"', '"[h#1]:[m01] [P]"', '"[W]"', '"[d]"', '"[Y]-W[W01]-[F]"', '"[X]-[x]-[w]"', '"[M01]/[D01]/[Y01]"', '"[Y][M01][D01]T[H01][m][s][Z0101]"'];
  const variables = ['$x', '$y', '$i', '$v'];
  const binary = ['+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in', '??', '?:'];
  const unaryFunctions = ['$string', '$count', '$sum', '$max', '$min', '$average', '$length', '$uppercase', '$lowercase', '$trim', '$number', '$abs', '$floor', '$ceil', '$round', '$sqrt', '$boolean', '$not', '$exists', '$keys', '$spread', '$merge', '$reverse', '$sort', '$distinct', '$type', '$base64encode', '$base64decode', '$encodeUrlComponent', '$encodeUrl', '$decodeUrl', '$zip', '$join', '$toMillis', '$fromMillis', '$clone', '$lookup', '$single'];
  const number = d => d <= 0 || chance(0.5) ? pick(numbers) : pick([() => `$count(${list(d - 1)})`, () => `(${number(d - 1)} ${pick(['+', '-', '*', '/', '%'])} ${number(d - 1)})`, () => `$sum(${path(d - 1)})`, () => `$round(${number(d - 1)}, ${pick(['0', '1', '2', '-1'])})`, () => `$length(${text(d - 1)})`, () => pick(['total', 'id', 'lines[0].price', 'lines[0].qty', '$number("12.5")']), () => `$power(${number(d - 1)}, 2)`, () => `$abs(${number(d - 1)})`])();
  const text = d => d <= 0 || chance(0.4) ? pick(texts) : pick([() => `(${value(d - 1)} & ${value(d - 1)})`, () => `$string(${value(d - 1)})`, () => `$uppercase(${text(d - 1)})`, () => `$substring(${text(d - 1)}, ${number(0)}, ${number(0)})`, () => `$join(${pick(['lines.name', 'tags', 'lines.tags'])}, ${text(0)})`, () => `$replace(${text(d - 1)}, ${pick(regexes)}, ${pick(['"-"', '"$1"', '"[$0]"', '"$$"', '"$2$1"'])})`, () => `$pad(${text(d - 1)}, ${pick(['5', '-5', '8'])}, ${pick(['"-"', '"ab"'])})`, () => `$substringBefore(${text(d - 1)}, ${text(0)})`, () => `$substringAfter(${text(d - 1)}, ${text(0)})`, () => `$trim(${text(d - 1)})`, () => `$formatNumber(${number(d - 1)}, ${pick(pictures)})`, () => `$formatInteger(${pick(['0', '1', '7', '12', '99', '100', '1234', '1000001', '-5', '21', '113'])}, ${pick(integerPictures)})`, () => `$formatBase(${number(d - 1)}, ${pick(['2', '16', '36', '8'])})`, () => `$fromMillis(${pick(['0', '1521801216617', '1e12', '-1e11', '1204405500000', '1483272000000'])}, ${pick(datePictures)}${chance(0.3) ? ', "+0100"' : ''})`, () => pick(['name', 'billing.city', 'status', 'lines[0].name', 'billing.email'])])();
  const list = d => d <= 0 || chance(0.4) ? pick(paths) : pick([() => `[${number(d - 1)}..${number(d - 1)}]`, () => `[${value(d - 1)}, ${value(d - 1)}, ${value(d - 1)}]`, () => `$split(${text(d - 1)}, ${pick(['" "', '""', '","', ...regexes])})`, () => `$map(${list(d - 1)}, ${lambda(d - 1)})`, () => `$filter(${list(d - 1)}, ${lambda(d - 1)})`, () => `$sort(${list(d - 1)})`, () => `$append(${list(d - 1)}, ${list(d - 1)})`, () => `$distinct(${list(d - 1)})`, () => `$reverse(${list(d - 1)})`, () => `$match(${text(d - 1)}, ${pick(regexes)})`, () => `$zip(${list(d - 1)}, ${list(d - 1)})`, () => `$each(${object(d - 1)}, ${lambda(d - 1)})`, () => `${path(d - 1)}^(${pick(['', '>', '<'])}${pick(['price', 'name', 'qty', '$', 'value', 'a'])}${chance(0.3) ? ', ' + pick(['>', '']) + pick(['name', 'qty', 'price']) : ''})`, () => `$keys(${value(d - 1)})`])();
  const object = d => d <= 0 ? pick(['{}', '{"a": 1}', '{"k": lines.name}', 'billing', 'lines[0]']) : pick([() => `{${text(0)}: ${value(d - 1)}, "k2": ${value(d - 1)}}`, () => `${path(d - 1)}{${pick(['name', 'status', 'key', '$string(price)', '$string(id)', '"all"'])}: ${value(d - 1)}}`, () => `$merge([${object(d - 1)}, ${object(d - 1)}])`, () => `$sift(${object(d - 1)}, ${lambda(d - 1)})`, () => `(${object(d - 1)} ~> |${pick(['$', 'lines', 'a', '**'])}|${pick(['{"z": 1}', '{"price": 0}', '{"n": $count($)}'])}${chance(0.3) ? ', ["id", "name"]' : ''}|)`])();
  const step = d => pick([() => pick(names), () => pick(names), () => `${pick(names)}[${value(d - 1)}]`, () => `${pick(names)}[${pick(['0', '-1', '1', 'price > 10', 'name = "Hive tool"', '$ > 1', '[0,1]', 'qty', 'true', '0.9'])}]`, () => `(${value(d - 1)})`, () => '*', () => '**', () => `{"p": ${value(d - 1)}}`, () => `[${value(d - 1)}]`, () => `${pick(names)}[]`, () => '%', () => pick(['$string()', '$uppercase()', '$length()', '$number()', '$keys()', '$sum(price)', '$count()'])])();
  const path = d => {
    if (d <= 0 || chance(0.3)) return pick(paths);
    let out = pick(['lines', 'nested', 'meta', 'billing', '$', '$$', 'tags', 'nested.items', 'lines', 'items']);
    for (let n = 1 + Math.floor(random() * 2); n > 0; n--) out += '.' + step(d - 1);
    if (chance(0.1)) out = `${pick(['lines', 'meta', 'nested.items'])}${pick(['@$v', '#$i', '@$v#$i', '[price > 5]#$i', '[]'])}.${pick(['{"i": $i, "n": name}', '$v.name', '$i', '(name & $string($i))', 'tags.{"t": $, "i": $i}', 'name', '$$.meta[key = $v.name]'])}`;
    if (chance(0.06)) out = pick(['lines.tags.%.name', 'lines.tags.{"t": $, "n": %.name}', 'nested.items.a.%.%.id', 'lines.price.%.qty', 'lines[%.total > 1].name', 'meta.value.%.key', 'lines.(price * %.total)', 'lines.tags[%.price > 5]']);
    return out;
  };
  const lambda = d => pick([() => `function($x) { ${value(d - 1)} }`, () => `function($x) { $x ${pick(binary)} ${value(d - 1)} }`, () => `function($x, $i) { ${pick(['$i', '$x', '$string($x) & $string($i)', '$i > 1'])} }`, () => pick(['$string', '$uppercase', '$number', '$exists', '$type', '$boolean', '$sum', '$length', '$not']), () => `$substring(?, 0, 2)`, () => `function($v, $k) { ${pick(['$k', '$v', '{$string($k): $v}', '$v > 1'])} }`])();
  const value = d => {
    if (d <= 0) return pick([() => pick(numbers), () => pick(texts), () => pick(paths), () => pick(variables), () => pick(['true', 'false', 'null', '[]', '{}'])])();
    return pick([() => number(d), () => text(d), () => list(d), () => object(d), () => path(d), () => path(d), () => `${value(d - 1)} ${pick(binary)} ${value(d - 1)}`, () => `(${value(d - 1)} ${pick(binary)} ${value(d - 1)})`, () => `(${value(d - 1)} ? ${value(d - 1)} : ${value(d - 1)})`, () => `(${pick(variables)} := ${value(d - 1)}; ${value(d - 1)})`, () => `${pick(unaryFunctions)}(${value(d - 1)})`, () => `-${number(d - 1)}`, () => `$reduce(${list(d - 1)}, function($x, $y) { $x ${pick(['+', '&', '*'])} $y })`, () => `(${list(d - 1)} ~> ${pick(['$count', '$sum', '$string', '$map($string)', '$join(",")', '$filter(function($x) { $x > 1 })'])})`, () => `$lookup(${value(d - 1)}, ${pick(['"a"', '"name"', '"price"'])})`, () => `$contains(${text(d - 1)}, ${pick([...regexes, '"a"'])})`, () => `${path(d - 1)}[${value(d - 1)}]`, () => `$toMillis(${pick(['"2018-02-01"', '"2018-02-01T09:42:13.123Z"', 'created', '"12/31/2020"'])}${chance(0.3) ? ', ' + pick(datePictures) : ''})`])();
  };
  return { expression: () => value(1 + Math.floor(random() * 4)) };
}

export const payloads = [
  { id: 1001, total: 59.35, status: 'processing', name: 'Ada', created: '2025-03-11T08:15:59Z', note: null, flags: [true, false], tags: ['new', 'vip', 'eu'], empty: [], emptyobj: {}, a: [1, 2, 3], b: { a: 5 },
    billing: { first_name: 'Zoë', city: 'Berlin', email: 'zoe@example.com', '`odd name`': 1 }, 'odd name': 'x',
    lines: [{ id: 1, name: 'Hive tool', price: 12.5, qty: 2, tags: ['tools', 'home'] }, { id: 2, name: 'Honey jar 500 g', price: 8.9, qty: 1, tags: ['food'] }, { id: 3, name: 'Bee wax candle', price: 25.05, qty: 1, tags: [] }],
    meta: [{ key: '_vat', value: 'DE1' }, { key: 'size', value: 'L' }, { key: '_vat', value: 2 }],
    nested: { id: 7, items: [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 3 } }, { a: 4 }, 5, [{ a: 6 }]] } },
  { id: 2, total: '25.00', status: '', name: 'solo', lines: { name: 'Veil', price: 30, qty: '3', tags: 'single' }, meta: [], tags: 'one', billing: { city: null }, nested: { items: [[1, 2], [3, [4]]] }, a: 0, b: '', items: [{ name: 'n1', value: 1 }] },
  [{ id: 1, name: 'x', price: 3, tags: ['p'], lines: [{ name: 'l1', price: 1 }, { name: 'l2', price: 2 }] }, { id: 2, name: 'y', price: 1, lines: [] }, { id: 3, lines: [{ name: 'l3', price: 5, tags: ['q', 'r'] }] }],
  { lines: [{ name: 'b', price: 2, qty: 1 }, { name: 'a', price: 2, qty: 3 }, { name: 'c', qty: 2 }, { name: 'a', price: 1, qty: 1 }], tags: [3, 1, 2], total: 1e21, id: 0.1, name: 'Ünïcödé ß 😀', 10: 'ten', 2: 'two', items: [{ a: 1, b: [1, 2] }, { a: 2, b: [] }], a: { b: { a: 1 } } },
];
