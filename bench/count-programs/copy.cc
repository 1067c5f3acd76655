// copy WAY IN OUT
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

int main(int, char **argv)
{
	std::string way = argv[1];
	std::ifstream i(argv[2], std::ios::binary);
	std::ofstream o(argv[3], std::ios::binary);

	if (way == "rdbuf") {
		o << i.rdbuf();
	} else if (way == "blocks") {
		std::vector<char> b(65536);
		while (i.read(b.data(), b.size()) || i.gcount())
			o.write(b.data(), i.gcount());
	} else if (way == "iterators") {
		std::copy(std::istreambuf_iterator<char>(i), {},
			  std::ostreambuf_iterator<char>(o));
	} else if (way == "filesystem") {
		std::filesystem::copy_file(
			argv[2], argv[3],
			std::filesystem::copy_options::overwrite_existing);
	}
}
