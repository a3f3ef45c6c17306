//! The program: everything is in the library, see `intaked::cli`.

fn main() -> std::process::ExitCode {
    intaked::cli::main()
}
