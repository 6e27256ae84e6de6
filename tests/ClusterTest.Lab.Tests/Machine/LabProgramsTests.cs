using ClusterTest.Lab.Machine;
using Xunit;

namespace ClusterTest.Lab.Tests.Machine;

public sealed class LabProgramsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("programs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_program_is_taken_from_the_folder_that_the_variable_names()
    {
        var program = Path.Combine(_folder.FullName, "cluster-test-consumer");
        File.WriteAllText(program, "");
        Assert.Equal(program, LabPrograms.Find("ClusterTest.Consumer", "cluster-test-consumer", _folder.FullName));
    }

    [Fact]
    public void A_program_that_is_not_in_that_folder_is_not_looked_for_elsewhere()
    {
        var exception = Assert.Throws<LabException>(() => LabPrograms.Find("ClusterTest.Consumer", "cluster-test-consumer", _folder.FullName));
        Assert.Contains(_folder.FullName, exception.Message, StringComparison.Ordinal);
        Assert.Contains(LabPrograms.Folder, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lab_itself_is_the_one_that_runs() =>
        Assert.Equal(
            Path.Combine(AppContext.BaseDirectory, "cluster-test-lab"), LabPrograms.Find("ClusterTest.Lab", "cluster-test-lab", _folder.FullName));
}
