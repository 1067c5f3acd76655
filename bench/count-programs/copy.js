// copy.js WAY IN OUT
const fs = require('fs');
const [way, source, target] = process.argv.slice(2);
const ways = {
	calls() {
		const i = fs.openSync(source), o = fs.openSync(target, 'w');
		const b = Buffer.allocUnsafe(65536);
		for (let n; (n = fs.readSync(i, b, 0, b.length)); )
			fs.writeSync(o, b, 0, n);
	},
	copied() {
		const i = fs.openSync(source), o = fs.openSync(target, 'w');
		const b = Buffer.allocUnsafe(65536), c = Buffer.alloc(65536);
		for (let n; (n = fs.readSync(i, b, 0, b.length)); ) {
			b.copy(c, 0, 0, n);
			fs.writeSync(o, c, 0, n);
		}
	},
	whole() { fs.writeFileSync(target, fs.readFileSync(source)); },
	text() { fs.writeFileSync(target, fs.readFileSync(source, 'latin1'), 'latin1'); },
	file() { fs.copyFileSync(source, target); },
	stream() { fs.createReadStream(source).pipe(fs.createWriteStream(target)); },
	turned() { fs.writeFileSync(target, fs.readFileSync(source).reverse()); },
};
ways[way]();
