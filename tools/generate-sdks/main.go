// Writes the SDKs of a package schema, as `pulumi package gen-sdk` does: with the same generators, without the language hosts,
// which can't be had as Go modules.
//
//	generate-sdks SCHEMA FOLDER
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

type generator = func(*schema.Package) (map[string][]byte, error)

var loader = schema.NewCachedLoader(nil)

var generators = map[string]generator{
	"go": func(p *schema.Package) (map[string][]byte, error) { return gen.GeneratePackage("pulumi-bots", p, nil) },
	"nodejs": func(p *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage("pulumi-bots", p, nil, nil, true, loader)
	},
	"python": func(p *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage("pulumi-bots", p, nil, loader)
	},
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: generate-sdks SCHEMA FOLDER"))
	}
	for language, generate := range generators {
		// A package each: a generator changes the one that it is given.
		files, err := generate(read(os.Args[1]))
		fail(err)
		for name, content := range files {
			path := filepath.Join(os.Args[2], language, name)
			fail(os.MkdirAll(filepath.Dir(path), 0o755))
			fail(os.WriteFile(path, content, 0o644))
		}
	}
}

// The schema, bound: every warning is an error.
func read(path string) *schema.Package {
	text, err := os.ReadFile(path)
	fail(err)
	var spec schema.PackageSpec
	fail(json.Unmarshal(text, &spec))
	bound, found, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	fail(err)
	if len(found) > 0 {
		fail(found)
	}
	return bound
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate-sdks:", err)
		os.Exit(1)
	}
}
