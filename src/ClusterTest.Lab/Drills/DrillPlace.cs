namespace ClusterTest.Lab.Drills;

/// <summary>Provides the cluster of one variant of a drill, for as long as the variant runs.</summary>
/// <param name="variant">The variant.</param>
/// <param name="run">Runs the variant on its cluster.</param>
/// <param name="cancellationToken">Interrupts the drill. What was provided is taken away all the same.</param>
/// <exception cref="LabException">The cluster cannot be provided, and <paramref name="run"/> was not called.</exception>
internal delegate Task DrillPlace(Variant variant, Func<IDrillTarget, Task> run, CancellationToken cancellationToken);
