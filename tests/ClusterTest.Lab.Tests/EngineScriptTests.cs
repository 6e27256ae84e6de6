using System.Diagnostics;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary><c>eng/compose</c> on a machine with an engine of its own, played by a script that keeps a list of images.</summary>
public sealed class EngineScriptTests : IDisposable
{
    private const string Docker = """
        #!/bin/sh
        images=$(dirname "$0")/images
        touch "$images"
        tag() { echo "$1" >>"$images"; }
        case "$1" in
            info) ;;
            compose) ;;
            pull) exit 1 ;;
            import) cat >/dev/null; tag "$3" ;;
            build) while [ "$1" != --tag ]; do shift; done; tag "$2" ;;
            image)
                case "$2" in
                    inspect) grep -qxF "$3" "$images" ;;
                    rm)
                        shift 2
                        for image; do
                            case $image in -*) continue ;; esac
                            grep -vxF "$image" "$images" >"$images.new"; mv "$images.new" "$images"
                        done ;;
                esac ;;
            *) exit 1 ;;
        esac
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("cluster-test-eng-").FullName;

    private string Images => File.ReadAllText(Path.Combine(_directory, "bin", "images")).ReplaceLineEndings(" ").Trim();

    public EngineScriptTests()
    {
        var (source, eng) = (Path.Combine(RepositoryRoot.Find(), "eng"), Path.Combine(_directory, "eng"));
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(eng, Path.GetRelativePath(source, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        _ = Directory.CreateDirectory(Path.Combine(_directory, "src"));
        foreach (var file in new[] { "global.json", "Directory.x.props", "BannedSymbols.txt" })
        {
            File.WriteAllText(Path.Combine(_directory, file), "");
        }

        Script("eng/provision", "#!/bin/sh\n");
        Script("eng/stand-ins/make-root", "#!/bin/sh\nmkdir -p \"$1\"\n");
        Script("bin/docker", Docker);
        Script("bin/id", "#!/bin/sh\necho 0\n");
        Script("bin/dotnet", "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" != --packages ] || mkdir -p \"$2\"; shift; done\n");
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("exit 3", 3)]
    public async Task Leaves_no_image_that_it_made_on_the_machines_own_engine(string command, int code)
    {
        Assert.Equal(code, await RunAsync($"cat \"$PATH_TO_IMAGES\" >&2; {command}"));

        Assert.Equal("", Images);
    }

    [Fact]
    public async Task Keeps_images_when_it_is_asked_to_and_takes_them_again()
    {
        Assert.Equal(0, await RunAsync("true", keep: true));
        const string All = "cluster-test/debian cluster-test/debian:12 "
            + "cluster-test/rabbitmq:4.3 cluster-test/rabbitmq:3.10 cluster-test/haproxy:3.2 cluster-test/sdk:10.0";
        Assert.Equal(All, Images);

        Script("eng/stand-ins/make-root", "#!/bin/sh\nexit 1\n");
        Assert.Equal(0, await RunAsync("test \"$RABBITMQ_IMAGE $STANDBY_IMAGE\" = \"cluster-test/rabbitmq:4.3 cluster-test/rabbitmq:3.10\""));

        Assert.Equal(All, Images);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<int> RunAsync(string command, bool keep = false)
    {
        var start = new ProcessStartInfo(Path.Combine(_directory, "eng", "compose"), ["sh", "-c", command]);
        start.Environment["PATH"] = $"{Path.Combine(_directory, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["PATH_TO_IMAGES"] = Path.Combine(_directory, "bin", "images");
        foreach (var name in new[] { "RABBITMQ_IMAGE", "STANDBY_IMAGE", "HAPROXY_IMAGE", "SDK_IMAGE", "RUNTIME_IMAGE" })
        {
            _ = start.Environment.Remove(name);
        }

        start.Environment["KEEP_IMAGES"] = keep ? "yes" : "";
        using var script = Process.Start(start)!;
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        return script.ExitCode;
    }

    private void Script(string name, string text)
    {
        var file = Path.Combine(_directory, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
