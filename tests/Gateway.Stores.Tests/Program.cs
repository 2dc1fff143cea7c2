using Gateway.Stores.Tests.Faults;
using Gateway.Stores.Tests.Log;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Gateway.Stores.Tests;

internal static class Program
{
    /// <summary>Runs the tests, or the part of a child process that a test started: <c>child-append FILE</c>, <c>child-disclose FOLDER</c>, <c>child-fault …</c>.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (args is ["child-append", var path])
        {
            await AppendingChild.RunAsync(path);
            return 0;
        }

        if (args is ["child-disclose", var folder])
        {
            await AppendingChild.DiscloseAsync(folder);
            return 0;
        }

        if (args is ["child-fault", .. var arguments])
        {
            await FaultChild.RunAsync(arguments);
            return 0;
        }

        // As the generated entry point chooses.
        return args.Any(a => a is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
